/// The report of a run: one HTML file without anything outside of it.
///
/// What lives here: what a report is made of, and the page. What it may touch: `chaos.timeline` and
/// `chaos.check`. Who calls it: the run, once everything is known.
package io.moldau.chaos.report;
