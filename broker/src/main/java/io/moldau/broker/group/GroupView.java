package io.moldau.broker.group;

import io.moldau.metadata.GroupImage;
import java.util.List;

/// A group as operators see it.
///
/// @param protocolName the assignor; meaningful while `stable`
/// @param members metadata and assignment stand only while `stable`
public record GroupView(
        String groupId,
        String state,
        String protocolType,
        String protocolName,
        boolean stable,
        List<GroupImage.Member> members) {

    static GroupView of(ClassicGroup group) {
        return new GroupView(
                group.groupId(),
                group.stateName(),
                group.protocolType().orElse(""),
                group.protocolName().orElse(""),
                group.isStable(),
                group.members());
    }
}
