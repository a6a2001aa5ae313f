/// What clients saw, one EDN map a line: the input of every checker, here or elsewhere.
///
/// ```
/// {:index 0, :time 1000000, :process 0, :type :invoke, :f :send, :value [[:send 1 7]]}
/// {:index 1, :time 3000000, :process 0, :type :ok, :f :send, :value [[:send 1 [0 7]]]}
/// ```
///
/// What lives here: operations, their lines, the writer and the reader. What it may touch: nothing.
/// Who calls it: workloads write, checkers read.
///
/// Source: the histories of Jepsen's Kafka workload.
package io.moldau.chaos.history;
