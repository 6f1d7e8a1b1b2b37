Feature: Blocks that were damaged in the bucket are rolled back by hand

  Rule: Nothing of the platform mends the bucket; an operator's step does, and the report names it

    @destructive
    Scenario: Blocks are overwritten and deleted after the restore, and an operator rolls the bucket back
      Given a platform that was restored in place from its weekly backup
      And after that, blocks of its files were overwritten and deleted in the bucket
      When an operator rolls the blocks back to the moment before, by hand
      Then every row, user, file, document, environment and Kubernetes object is as the backup holds it
      And the recovery time and the recovery point are within the plan's objectives
