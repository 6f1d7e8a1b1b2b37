Feature: The successful backups are listed, the newest first

  Rule: What counts is the time of the record, never the number of the ID

    @HDR-28
    Scenario Outline: The backups of <store> are listed by their times
      Given records of <store> around New Year, in two metadata ConfigMaps, whose IDs do not grow with time, among others that do not count
      When the backups of <store> are listed
      Then every successful backup of <store> is listed once, the newest first, and no other

      Examples:
        | store      |
        | rondb      |
        | opensearch |

    @HDR-37
    Scenario: Velero's backups of both schedules are listed
      Given an older and a newer completed backup of both schedules
      And a newest backup of both schedules that ended PartiallyFailed
      When the backups of kubernetes are listed
      Then the completed ones of both schedules are listed, the newest first, and no other

    @HDR-28 @HDR-37
    Scenario: A backup of the platform is listed in every store as soon as it has succeeded
      Given a platform with backups enabled on schedule "@weekly"
      When every store is backed up
      Then the list of each store begins with that backup

  Rule: What cannot be read is not reported as absent

    @HDR-28 @HDR-37 @negative
    Scenario Outline: A list of <what> is unknown, not empty
      Given a reader of the cluster who may read nothing
      When the backups of <what> are listed by that reader
      Then the answer is that the backups of <what> are unknown, with what could not be read

      Examples:
        | what       |
        | rondb      |
        | opensearch |
        | kubernetes |
        | all stores |
