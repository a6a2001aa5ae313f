/// The operator's port: health, metrics, and whether the node may be stopped.
///
/// What lives here: a small HTTP server and what it answers. What it may touch: read sides only
/// ([NodeView]), and [io.moldau.cli.text.Json]. Who calls it: `broker.app` starts it once the node
/// serves; nothing on the way of a record knows of it.
@NullMarked
package io.moldau.broker.console;

import org.jspecify.annotations.NullMarked;
