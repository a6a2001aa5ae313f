package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;

/// A node with settings of its own, and short ways to change and describe settings.
abstract class SettingsRig {
    static final int DESCRIBE = 4;
    static final ConfigResource T = new ConfigResource(ConfigResource.Type.TOPIC, "t");
    static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");
    static final ConfigResource ALL_NODES = new ConfigResource(ConfigResource.Type.BROKER, "");

    final AdminRig rig = new AdminRig("log.retention.hours", "24");

    AlterConfigsResourceResponse set(ConfigResource resource, String name, String value) {
        return alter(resource, step(OpType.SET, name, value));
    }

    AlterConfigsResourceResponse alter(ConfigResource resource, AlterableConfig... steps) {
        return call(
                        new IncrementalAlterConfigsHandler(rig.settingChanges()),
                        1,
                        request(resource, steps))
                .responses()
                .getFirst();
    }

    static IncrementalAlterConfigsRequestData request(
            ConfigResource resource, AlterableConfig... steps) {
        var asked =
                new AlterConfigsResource()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name());
        Arrays.stream(steps).forEach(asked.configs()::add);
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(asked);
        return request;
    }

    static AlterableConfig step(OpType op, String name, String value) {
        return new AlterableConfig().setConfigOperation(op.id()).setName(name).setValue(value);
    }

    DescribeConfigsResult describe(ConfigResource resource) {
        var request =
                new DescribeConfigsRequestData()
                        .setIncludeDocumentation(true)
                        .setIncludeSynonyms(true)
                        .setResources(List.of(resource(resource)));
        return call(rig.describeConfigs(), DESCRIBE, request).results().getFirst();
    }

    static DescribeConfigsResource resource(ConfigResource resource) {
        return new DescribeConfigsResource()
                .setResourceType(resource.type().id())
                .setResourceName(resource.name())
                .setConfigurationKeys(null);
    }

    static DescribeConfigsResourceResult entry(DescribeConfigsResult result, String name) {
        return result.configs().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
