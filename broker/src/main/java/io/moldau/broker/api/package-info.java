/// One handler per Kafka API key.
///
/// What lives here: the meaning of each request. A handler's header lists its versions and what
/// each brought. What it may touch: partitions, groups, configuration, the metadata image and the
/// quorum; never a socket. Who calls it: `broker.net`, through [RequestRouter].
package io.moldau.broker.api;
