/// What the node that leads the quorum does for all: it knows who lives, and says when leaders are
/// to move.
///
/// What lives here: [ControllerCore][io.moldau.quorum.controller.ControllerCore], a pure core that
/// takes an event and the time and gives effects. What is decided about a partition is not here but
/// in `metadata`, the same on every node; here is decided only when to ask for it. What it may
/// touch: the metadata image and its commands; no clock, no thread, no I/O. Who calls it: the
/// sessions' host, one instance for each time that a node leads, and the simulator.
@NullMarked
package io.moldau.quorum.controller;

import org.jspecify.annotations.NullMarked;
