package io.moldau.broker.config;

/// The operator's settings cannot be followed. The message is one sentence that names the setting,
/// its value and what is allowed; it is meant to be printed alone.
public final class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidSettingException(String sentence) {
        super(sentence);
    }
}
