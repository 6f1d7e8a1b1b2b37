@HDR-01 @HDR-02 @HDR-03 @HDR-04 @HDR-05 @HDR-07 @HDR-22 @HDR-23 @HDR-24 @HDR-26 @HDR-29
Feature: A release restores into a new cluster in every version it is to run in

  Rule: In each version of the platform, with each version of Velero, a new cluster and the bucket bring back what the backup holds

    @destructive
    Scenario Outline: Platform <platform> with Velero <velero> is restored into a new cluster
      Given platform <platform> on a cluster with Velero <velero>, with backups enabled on schedule "@weekly"
      And 1400 rows across 7 tables, 100 files, 1000 documents, 50 Kubernetes objects, two Python environments, and feature rows in flight in Kafka
      And a writer that commits numbered rows until the disaster
      And the weekly backup of every installed store has been taken
      And the data of every store was changed, added to and deleted after the backup, and the rows in flight arrived
      When the cluster is lost with everything on it
      And the platform is restored into a new cluster from that backup
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again
      And the recovery time and the recovery point are within the plan's objectives

      Examples:
        | platform | velero  |
        | 0.1.0    | v1.17.1 |
        | 0.2.0    | v1.17.1 |
        | 0.1.0    | v1.18.3 |
        | 0.2.0    | v1.18.3 |
