@HDR-07
Feature: Rows on their way through Kafka are brought back after a restore in place

  Rule: Exactly the rows in flight are missing; replaying their jobs closes exactly that gap, and a second replay changes nothing

    @destructive
    Scenario: The jobs are replayed, and then once more
      Given a platform that was restored in place from its weekly backup
      And exactly the rows in flight are missing from the online store
      When the jobs that sent them are replayed
      Then every row is there as it was sent, and nothing else in the database has changed
      When the jobs that sent them are replayed once more
      Then every row is taken again, and nothing changes

    @destructive
    Scenario Outline: What Kafka has kept is read again from <where>
      Given a platform that was restored in place from its weekly backup
      And exactly the rows in flight are missing from the online store
      And Kafka keeps them as it did at the backup
      When the consumer reads again from <where>
      Then every row is there as it was sent, and nothing else in the database has changed
      When the consumer reads again from <where>
      Then every row is taken again, and nothing changes

      Examples:
        | where                                 |
        | the oldest row kept                   |
        | the beginning, its offsets being lost |

  Rule: A gap that is not closed is told red, row by row

    @negative @destructive
    Scenario Outline: The jobs are replayed <how>
      Given a platform that was restored in place from its weekly backup
      And exactly the rows in flight are missing from the online store
      When the jobs that sent them are replayed <how>
      Then the claim that the gap is closed is red, naming exactly the rows that are missing or wrong

      Examples:
        | how                     |
        | not at all              |
        | but for their last rows |
        | from other input        |

    @negative @destructive
    Scenario Outline: Kafka alone does not bring the rows back when <why>
      Given a platform that was restored in place from its weekly backup
      And exactly the rows in flight are missing from the online store
      And Kafka keeps them as it did at the backup
      When the consumer reads again although <why>
      Then the claim that the gap is closed is red, naming exactly the rows that are missing or wrong
      When the jobs that sent them are replayed
      Then every row is there as it was sent, and nothing else in the database has changed

      Examples:
        | why                                   |
        | it begins at the moment of the backup |
        | Kafka's retention has removed them    |
