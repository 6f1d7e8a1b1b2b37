@HDR-01 @HDR-02 @HDR-03 @HDR-04 @HDR-05 @HDR-07 @HDR-22 @HDR-23 @HDR-24 @HDR-26 @HDR-29
Feature: A platform whose cluster is lost is restored into a new one

  Rule: A new cluster and the bucket are enough to bring back what the backup holds

    @destructive
    Scenario: A lost cluster is replaced and every store comes back
      Given a platform with backups enabled on schedule "@weekly"
      And 10000 rows across 7 tables, 500 files, 5000 documents, 200 Kubernetes objects, two Python environments, and feature rows in flight in Kafka
      And a writer that commits numbered rows, and canaries in every store, until the disaster
      And the weekly backup of every installed store has been taken
      And the data of every store was changed, added to and deleted after the backup, and the rows in flight arrived
      When the cluster is lost with everything on it
      And the platform is restored into a new cluster from that backup
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again
      And the recovery time, the recovery point of every store and the skew between them are within the plan's objectives

  Rule: After a restore the platform goes on as before it

    @HDR-45 @destructive
    Scenario: The restore block is removed and the next backup is whole
      Given a platform that was restored into a new cluster from its weekly backup
      When the restore block is removed and the platform is upgraded plainly
      Then the data is still there, and a fresh backup of every store succeeds and is whole
