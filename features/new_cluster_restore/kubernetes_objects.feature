Feature: Kubernetes objects come back from Velero's backups

  Rule: Without a name the latest completed backup of each schedule is restored, the main one first

    @HDR-25 @HDR-27 @HDR-40 @destructive
    Scenario: The latest completed backups are restored, and a newer one that is not whole is passed over
      Given an older and a newer completed backup of both schedules
      And a newest backup of both schedules that ended PartiallyFailed
      And the namespaces they hold are lost
      When the latest backup of the main schedule is restored, then the latest of the users schedule
      Then the objects are those of the newer completed backups, and of no other

  Rule: A name restores that backup, and a name that is none is refused

    @HDR-26 @HDR-27 @HDR-40 @destructive
    Scenario: The older backups are restored by their names
      Given an older and a newer completed backup of both schedules
      And the namespaces they hold are lost
      When the older backups of both schedules are restored by their names
      Then the objects are those of the older backups, and of no other

    @HDR-26 @negative @destructive
    Scenario Outline: A restore of <name> is refused
      Given a completed backup of both schedules
      And the namespaces they hold are lost
      When a restore of <name> is asked for
      Then it is refused before anything is made, saying "<reason>"; without that check the answer is "<answer>"
      And nothing was restored

      Examples:
        | name                                 | reason                  | answer                   |
        | a backup that does not exist         | Velero knows no Backup  | FailedValidation         |
        | the backup's name in capital letters | names are lower case    | lowercase RFC 1123       |

  Rule: What is restored is verified against the backup itself, whatever Velero says

    @HDR-27 @negative @destructive
    Scenario: An object that Velero left as it was is found, although the restore is Completed
      Given a completed backup of both schedules
      And one object says something else than the backup holds
      When the backups of both schedules are restored by their names
      Then Velero says Completed with a warning
      And the verification finds that object, and no other
