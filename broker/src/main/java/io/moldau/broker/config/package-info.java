/// Kafka's settings by their own names: defaults, checks, sources, and changes while running.
///
/// What lives here: one table of settings in files by theme (`*Settings`), the broker's snapshot of
/// them ([BrokerConfig]), listeners, a topic's settings, and what DescribeConfigs tells. What it
/// may touch: the log's own configuration record, and nothing that waits. Who calls it: everyone in
/// the broker.
///
/// A setting is honoured, or kept for a named purpose, or answered by one warning; a bad value of
/// an honoured one is fatal in one sentence ([InvalidSettingException]).
package io.moldau.broker.config;
