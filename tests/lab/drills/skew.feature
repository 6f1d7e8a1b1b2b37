Feature: How far the stores of a backup are apart is measured

  Rule: Canaries show the moment that each store's data stands for, to within the error that is printed

    @destructive
    Scenario: The search engine's backup is begun 40 seconds after the database's, and the disaster comes 90 seconds later
      Given a platform with backups enabled on schedule "@weekly"
      And 700 rows across 7 tables, 50 files, 500 documents, 50 Kubernetes objects, two Python environments, and feature rows in flight in Kafka
      And a writer that commits numbered rows, and canaries in every store, until the disaster
      And the weekly backup has been taken, the search engine's begun 40 seconds after the database's
      And the data of every store was changed, added to and deleted after the backup, and the rows in flight arrived
      And 90 seconds have passed since the database's backup
      When the platform is restored in place from that backup with forceDataClear
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And the recovery time, the recovery point of every store and the skew between them are within the plan's objectives
      And recovery points and skew are what the engines themselves say, to within their errors

  Rule: A canary that is lost although a newer one came back is unexpected loss

    @destructive
    Scenario Outline: A canary of <store> is lost after the restore
      Given the platform as it was restored, and one canary of <store> lost since
      Then exactly the canaries written after each store's recovery point are lost, and the skew between the stores is known

      Examples:
        | store      |
        | rondb      |
        | hopsfs     |
        | opensearch |
        | kubernetes |
