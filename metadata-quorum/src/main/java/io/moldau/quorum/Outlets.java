package io.moldau.quorum;

/// Who is told of what the state machine comes to.
record Outlets(
        Board board,
        Failure failure,
        Submitter submitter,
        AppliedIndex applied,
        Leadership leadership,
        Standing standing) {

    /// Who is told that this node's place in the quorum may have changed.
    interface Standing {
        void membershipChanged();

        /// An entry was committed that nobody here brought, such as a new membership.
        void committed();

        /// Ratis has ended this node's part.
        ///
        /// @param dismissed the others said that this node does not vote any more
        void ended(boolean dismissed);
    }
}
