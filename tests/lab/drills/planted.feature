Feature: A drill finds what a bad restore leaves behind

  Rule: Each planted defect turns its scenario red and is named

    @destructive
    Scenario Outline: <defect> is found
      Given a platform that was restored in place from its weekly backup
      And "<defect>" was planted after the restore
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again

      Examples:
        | defect              |
        | one changed row     |
        | one missing table   |
        | one stale secret    |
        | one dropped grant   |
        | one lost write      |
        | another drawn value |
        | one changed byte of a file |
        | one missing block |
        | one changed document |
        | one changed mapping |
        | one changed label |
        | another version of a block's checksum |
        | one shifted offset |
        | another image under a tag |
        | one lost row of the stream |

    @destructive
    Scenario: Without a defect nothing is found
      Given a platform that was restored in place from its weekly backup
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again

    @destructive
    Scenario: Public clients find what was restored
      Given a platform that was restored in place from its weekly backup
      Then public clients read the restored data

    @destructive
    Scenario: What goes missing before the plain upgrade is found after it
      Given a platform that was restored in place from its weekly backup
      And "one changed document" was planted after the restore
      When the restore block is removed and the platform is upgraded plainly
      Then the data is still there, and a fresh backup of every store succeeds and is whole
