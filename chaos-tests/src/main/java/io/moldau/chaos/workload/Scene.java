package io.moldau.chaos.workload;

import io.moldau.chaos.history.HistoryWriter;
import io.moldau.chaos.timeline.RunClock;

/// What every client of a run shares.
record Scene(
        WorkloadPlan plan, RunClock clock, HistoryWriter history, KeySpace keys, LoadMeter meter) {}
