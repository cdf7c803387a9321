"""A third workflow, in data only: a bakery's cake goes to a judge."""

TOY = """
name: cake
version: 3
title: Cake contest
subject: policy
aliases: {processor: claim_processor, raw: baked}

states:
  baked: {phase: intake, clock: claim_processor, labels: {filer: In the oven, staff: To taste}}
  tasted: {phase: review, labels: {filer: On the table, staff: Tasted}}
  judged: {phase: decided, labels: {filer: Judged, staff: Judged}}
  eaten: {phase: closed, labels: {filer: Gone, staff: Gone}}

transitions:
  - {action: submit, label: Enter, from: [new], to: baked, roles: [policyholder], requires: [description], event: cake_entered}
  - {action: taste, label: Taste, from: [baked], to: tasted, roles: [processor, admin], event: cake_judged}
  - {action: praise, label: Praise, from: [tasted], to: judged, roles: [processor, admin], optional: [remarks], event: cake_judged}
  - {action: scold, label: Scold, from: [baked, tasted], to: judged, roles: [processor, admin], requires: [remarks], event: cake_judged}
  - {action: eat, label: Eat it, from: [judged], to: eaten, roles: [policyholder], sets: {resolution: withdrawn}, guards: [only_once], event: cake_eaten}

events:
  cake_entered:
    category: progress
    tell:
      - {audience: processors, channels: [inbox], title: A Cake, message: "Cake {claim_number} is there."}
  cake_judged:
    category: decision
    tell:
      - {audience: claimant, when: {action: [praise]}, channels: [inbox, email], title: Praise, message: "They love {claim_number}."}
      - {audience: claimant, channels: [inbox], title: News, message: "{actor_name} had a bite of {claim_number}."}
  cake_eaten:
    category: progress
    tell:
      - {audience: claimant, receipt: true, channels: [inbox], title: Eaten, message: "You have eaten {claim_number}."}
"""
