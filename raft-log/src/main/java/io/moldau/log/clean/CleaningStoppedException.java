package io.moldau.log.clean;

/// A cleaning ends early because somebody wants it to, or because the log has changed under it.
/// What it has put in place stays; the rest is done by the next one.
public final class CleaningStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CleaningStoppedException(String why) {
        super(why, null, false, false);
    }
}
