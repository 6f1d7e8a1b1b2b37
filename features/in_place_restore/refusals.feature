Feature: An in-place restore that is not meant is refused

  Rule: backupId, inPlace and forceDataClear are each required, and a completed restore is not repeated by accident

    @HDR-36 @HDR-39 @HDR-41 @negative @destructive
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
        | with the ID of a completed restore         |
        | with a backup that one store does not have |
