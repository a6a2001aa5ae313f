/// Bugs planted into the replication cores, for the simulator to find.
package io.moldau.broker.replication;
