/// The log of one partition, in Kafka's files.
///
/// What lives here: append, read, truncate, leader epochs, producer state, recovery, and the
/// directory that holds many logs. What it may touch: one segment's files (`log.segment`), the
/// batch format (`log.batch`), retention's decisions (`log.clean`) and the disk (`env`). Who calls
/// it: the partition's own thread, and no other except where a method says so.
///
/// Source: the file formats of Apache Kafka, so that its tools read our folders and a user can
/// leave as easily as they came.
package io.moldau.log;
