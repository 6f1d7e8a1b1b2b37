Feature: An in-place restore that is not meant is refused

  Rule: backupId, inPlace and forceDataClear are each required, and the backup must be there

    @HDR-36 @HDR-39 @negative @destructive
    Scenario Outline: A restore in place requested <how> is refused
      Given a platform that was restored in place from its weekly backup
      When a restore in place is requested <how>
      Then it is refused with the reason, and nothing was touched

      Examples:
        | how                                        |
        | without forceDataClear                     |
        | without inPlace                            |
        | without a backup ID                        |
        | with an unknown backup ID                  |
        | with a backup that one store does not have |

  Rule: A values file says the backup ID as a text; a number would be read as another one

    @HDR-34 @negative @destructive
    Scenario: A restore in place whose values file has the ID as a number is refused
      Given a platform that was restored in place from its weekly backup
      When a restore in place is requested with the backup ID as a number
      Then it is refused with the reason, and nothing was touched

  Rule: A completed restore is not repeated by accident: as long as the restore block is left, an upgrade is refused

    @HDR-41 @HDR-45 @negative @destructive
    Scenario: An upgrade that still holds the block of a completed restore is refused
      Given a platform that was restored in place from its weekly backup
      When a restore in place is requested with the ID of a completed restore
      Then it is refused with the reason, and nothing was touched
