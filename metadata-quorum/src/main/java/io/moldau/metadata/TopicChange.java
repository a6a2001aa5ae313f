package io.moldau.metadata;

import org.jspecify.annotations.Nullable;

/// One topic of two images: created where `before` is missing, deleted where `after` is, and
/// deleted and created again where their ids differ.
public record TopicChange(@Nullable TopicImage before, @Nullable TopicImage after) {}
