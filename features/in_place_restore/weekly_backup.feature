@HDR-01 @HDR-02 @HDR-03 @HDR-04 @HDR-05 @HDR-07 @HDR-34 @HDR-35 @HDR-36 @HDR-39
Feature: A platform is restored in place from its weekly backup

  Rule: An in-place restore brings back what the backup holds, and loses exactly what was written after it

    @destructive
    Scenario: A weekly backup of every store is restored in place
      Given a platform with backups enabled on schedule "@weekly"
      And 10000 rows across 7 tables, 500 files, 5000 documents, 200 Kubernetes objects, two Python environments, and feature rows in flight in Kafka
      And a writer that commits numbered rows, and canaries in every store, until the disaster
      And the weekly backup of every installed store has been taken
      And the data of every store was changed, added to and deleted after the backup, and the rows in flight arrived
      When the platform is restored in place from that backup with forceDataClear
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And whatever was expected is in the backup and came back, but for what the plan allows to be missing
      And exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again
      And the recovery time, the recovery point of every store and the skew between them are within the plan's objectives

  Rule: After a restore the platform goes on as before it

    @HDR-45 @destructive
    Scenario: The restore block is removed and the next backup is whole
      Given a platform that was restored in place from its weekly backup
      When the restore block is removed and the platform is upgraded plainly
      Then the data is still there, and a fresh backup of every store succeeds and is whole
