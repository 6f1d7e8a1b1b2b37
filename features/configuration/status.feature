Feature: The status tells whether a platform's backups can be relied on

  Rule: The status is enabled when everything is configured, and partial with service and reason when one thing is not

    @HDR-16
    Scenario: Everything is configured
      Given a platform with backups enabled on schedule "@weekly"
      Then the status is enabled as a whole and for every service
      And the command that operators call says the same

    @HDR-17 @destructive
    Scenario: Velero is left out, as when it was not configured
      Given a platform with backups enabled on schedule "@weekly"
      And the backups were misconfigured: Velero's backups are not enabled
      Then the status is partial, names that service with the reason, and every other is as it was
      And once that is put right the status is enabled again

    @HDR-17 @negative @destructive
    Scenario Outline: The status is partial while <what>
      Given a platform with backups enabled on schedule "@weekly"
      And the backups were misconfigured: <what>
      Then the status is partial, names that service with the reason, and every other is as it was
      And once that is put right the status is enabled again

      Examples:
        | what                                     |
        | the location cannot be reached           |
        | the users' Schedule is paused            |
        | the main Schedule is refused by Velero   |
        | the search engine's CronJob is suspended |
        | the database's CronJob is gone           |
        | the bucket's versions are suspended      |
