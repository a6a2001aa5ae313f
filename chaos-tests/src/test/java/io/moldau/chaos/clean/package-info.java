/// Compaction in a real process: killed within it, and bounded in memory.
package io.moldau.chaos.clean;
