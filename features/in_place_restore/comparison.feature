Feature: A comparison with the backup that finds nothing is worth something

  Rule: What a restore has lost or kept wrongly is told, by name

    @HDR-35 @negative @destructive
    Scenario Outline: After a restore <what> is told
      Given a platform that was restored in place from its weekly backup
      And "<what>" was planted after the restore
      When everything is compared with the backup
      Then the comparison names what was planted, and nothing else

      Examples:
        | what                            |
        | one changed row                 |
        | one lost write                  |
        | one write that no backup holds  |
        | one changed document            |
