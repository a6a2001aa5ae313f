/// Disks that fill, and disks that lie, under running nodes.
package io.moldau.chaos.disk;
