Feature: Velero reaches the backups through a location in the bucket

  Rule: A location with credentials and endpoint becomes Available, and what is backed up through it lies in the bucket

    @HDR-22 @HDR-23
    Scenario: A location with credentials, endpoint and path style is Available
      Given a folder of the bucket that no platform uses
      When a backup location is made there with credentials, endpoint and path style
      Then it is Available before its deadline
      And a backup taken through it lies in the bucket, under its prefix

  Rule: A location that cannot be used is not waited for beyond the deadline, and the reason is named

    @HDR-22 @HDR-23 @negative
    Scenario Outline: A location <made> is Unavailable
      Given a folder of the bucket that no platform uses
      When a backup location is made there <made>
      Then the wait for it ends at its deadline with the phase Unavailable, saying "<reason>"

      Examples:
        | made                                  | reason                               |
        | with a wrong secret key               | SignatureDoesNotMatch                |
        | with an endpoint where nobody answers | connection refused                   |
        | without path style                    | no such host                         |
        | over folders that are not Velero's    | contains invalid top-level directories |
        | in a bucket that does not exist       | NoSuchBucket                         |

  Rule: The wait for the backups counts the completed backups of both schedules and nothing else

    @HDR-24 @destructive
    Scenario: A location over existing backups is synchronised
      Given an older and a newer completed backup of both schedules
      And a Velero that knows neither the location nor the backups
      When a backup location is made over them
      Then Velero knows the newer backup of both schedules before the deadline

    @HDR-24 @HDR-25 @negative @destructive
    Scenario Outline: A location that holds <what> is not taken for synchronised
      Given a location that holds <what>
      When the latest backups of both schedules are to be restored from it
      Then the wait for them ends at its deadline, saying "<seen>"
      And no Restore was made

      Examples:
        | what                                  | seen                                   |
        | no backup                             | also in the location: nothing          |
        | backups of another schedule only      | the bucket holds no completed backup   |
        | backups of the users schedule only    | the bucket holds no completed backup   |
        | refused backups of both schedules     | FailedValidation                       |
