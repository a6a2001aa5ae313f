/// Clusters of several processes: forming, failing over, rolling, growing.
///
/// What lives here: the tests of what three nodes promise together. What it may touch: `chaos.run`,
/// `chaos.load`, kafka-clients.
package io.moldau.chaos.cluster;
