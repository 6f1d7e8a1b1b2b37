@HDR-01 @HDR-05
Feature: A backup set that somebody else took is restored, and proved by its seal

  Rule: A seal says what must come back; whoever restores need never have seen the data

    @destructive
    Scenario: A sealed backup set is restored in place over the platform that stands
      Given the platform that stands on the cluster, which this drill has not installed
      And the backup set that the plan names, as it was sealed
      When the platform is restored in place from that set
      Then the content of every store is what the seal says of the recovery point
      And foreign keys, blocks, files, shards, images and the references between the stores hold
      And the recovery time and the age of the recovery point are within the plan's objectives
