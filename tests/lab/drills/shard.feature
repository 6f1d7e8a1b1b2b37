Feature: A snapshot that the search engine restores only in part is found out

  Rule: HTTP 200 to a restore is no proof

    @destructive
    Scenario: A data file of a shard is lost, and the search engine restores the rest without a word
      Given a platform with backups enabled on schedule "@weekly"
      And 700 rows across 7 tables, 12 files, 400 documents, 24 Kubernetes objects, two Python environments, and feature rows in flight in Kafka
      And the weekly backup of every installed store has been taken
      And a data file of a shard of that snapshot vanished from the bucket
      When the search engine is told to restore that snapshot, and answers with HTTP 200
      Then every document is as the backup holds it
      And whatever was expected is in the backup and came back, but for what the plan allows to be missing
