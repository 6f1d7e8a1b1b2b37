Feature: A drill finds what a bad restore leaves behind

  Rule: Each planted defect turns its scenario red and is named

    @destructive
    Scenario Outline: <defect> is found
      Given a platform that was restored in place from its weekly backup
      And "<defect>" was planted after the restore
      Then the data matches the snapshot row by row
      And exactly the writes made after the recovery point are lost
      And the restored secrets and configmaps equal the backed-up ones

      Examples:
        | defect              |
        | one changed row     |
        | one missing table   |
        | one stale secret    |
        | one dropped grant   |
        | one lost write      |
        | another drawn value |

    @destructive
    Scenario: Without a defect nothing is found
      Given a platform that was restored in place from its weekly backup
      Then the data matches the snapshot row by row
      And exactly the writes made after the recovery point are lost
      And the restored secrets and configmaps equal the backed-up ones
