/// What happened in a run beside what clients saw: faults, leaders, load by the second.
///
/// What lives here: values and the run's one clock. What it may touch: nothing. Who calls it: the
/// run and the workloads write them, the report reads them.
package io.moldau.chaos.timeline;
