@HDR-01 @HDR-02 @HDR-03 @HDR-04 @HDR-05 @HDR-07 @HDR-34 @HDR-35 @HDR-36 @HDR-39
Feature: A release restores in place in every version it is to run in

  Rule: In each version of the platform, with each version of Velero, a restore in place brings back what the backup holds

    @destructive
    Scenario Outline: Platform <platform> with Velero <velero> is restored in place
      Given platform <platform> on a cluster with Velero <velero>, with backups enabled on schedule "@weekly"
      And 1400 rows across 7 tables, 100 files, 1000 documents, 50 Kubernetes objects, two Python environments, and feature rows in flight in Kafka
      And a writer that commits numbered rows until the disaster
      And the weekly backup of every installed store has been taken
      And the data of every store was changed, added to and deleted after the backup, and the rows in flight arrived
      When the platform is restored in place from that backup with forceDataClear
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again
      And the recovery time and the recovery point are within the plan's objectives

      Examples:
        | platform | velero  |
        | 0.1.0    | v1.17.1 |
        | 0.2.0    | v1.17.1 |
        | 0.1.0    | v1.18.3 |
        | 0.2.0    | v1.18.3 |
