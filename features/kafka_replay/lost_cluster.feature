@HDR-07
Feature: Rows on their way through Kafka are brought back after the loss of the cluster

  Rule: Kafka is lost with its cluster, so only their jobs bring the rows in flight back

    @destructive
    Scenario: The jobs are replayed in the new cluster, and then once more
      Given a platform that was restored into a new cluster from its weekly backup
      And exactly the rows in flight are missing from the online store
      And Kafka has none of them
      When the jobs that sent them are replayed
      Then every row is there as it was sent, and nothing else in the database has changed
      When the jobs that sent them are replayed once more
      Then every row is taken again, and nothing changes

    @negative @destructive
    Scenario: Jobs that break off in the new cluster leave a gap that is told
      Given a platform that was restored into a new cluster from its weekly backup
      And exactly the rows in flight are missing from the online store
      When the jobs that sent them are replayed but for their last rows
      Then the claim that the gap is closed is red, naming exactly the rows that are missing or wrong
