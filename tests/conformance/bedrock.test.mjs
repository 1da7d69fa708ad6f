// SPDX-License-Identifier: BSL-1.0
// Every client at Amazon Bedrock: requests are judged by AWS's signer and the schema of its SDK, answers are encoded by its
// event stream codec, and the SDK itself reads the fake that gives them.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, ThrottlingException } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Bedrock, answer, bearer, credentials, judge_body, message, region, streamed } from './lib/bedrock.mjs';
import { facades } from './lib/facades.mjs';
import { Gateway, gateway_program, master_key } from './lib/gateway.mjs';

const claude = 'us.anthropic.claude-sonnet-4-20250514-v1:0', nova = 'amazon.nova-pro-v1:0';
const profile = 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123';
const multiply = {
    name: 'multiply', description: 'Multiplies two numbers',
    parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
};
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const signature = 'RXJVQkNrZ0lDeEFDR0FJaVRP';
const signature_for = {
    anthropic: s => `llmx::bedrock_converse:${s}`,
    openai: s => `llmx::bedrock_converse:${s}`,
    gemini: s => Buffer.from(`llmx::bedrock_converse:${s}`).toString('base64'),
};

// Streams would go over HTTP/2, which llmx does not use upstream.
const sdk_client = (endpoint, keys) => new BedrockRuntimeClient({ region, credentials: keys, endpoint, maxAttempts: 1, requestHandler: new NodeHttpHandler() });

const config = origin => ({
    model_list: [
        ['claude', `bedrock/${claude}`], ['routed', `bedrock/converse/${region}/${claude}`], ['nova', `bedrock_converse/${nova}`], ['arn', `bedrock/${profile}`],
    ].map(([model_name, model]) => ({
        model_name,
        litellm_params: {
            model, aws_access_key_id: credentials.accessKeyId, aws_secret_access_key: credentials.secretAccessKey, aws_session_token: credentials.sessionToken,
            ...(model_name === 'routed' ? {} : { aws_region_name: region }), aws_bedrock_runtime_endpoint: origin,
        },
    })).concat([
        { model_name: 'bearer', litellm_params: { model: `bedrock/${claude}`, api_key: bearer, api_base: origin, aws_region_name: region } },
        { model_name: 'native', litellm_params: { model: `bedrock/${claude}`, api_key: bearer, api_base: origin, aws_region_name: region }, model_info: { native_json_schema: true, reasoning_style: 'effort' } },
        { model_name: 'forged', litellm_params: { model: `bedrock/${claude}`, aws_access_key_id: 'AKOTHER', aws_secret_access_key: 'not the secret', aws_session_token: 't', aws_region_name: region, api_base: origin } },
    ]),
    litellm_settings: { drop_params: false, num_retries: 0 },
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { master_key },
});

describe('the fake', { timeout: 60_000 }, () => {
    let fake, client;
    before(async () => {
        fake = await new Bedrock().start();
        client = sdk_client(fake.origin, credentials);
    });
    after(() => fake.stop());
    beforeEach(() => fake.reset());
    const all = answer([
        { reasoningContent: { reasoningText: { text: 'thinking', signature } } }, { text: 'Hello.' },
        { toolUse: { toolUseId: 't1', name: 'multiply', input: { a: 17, b: 23 } } },
    ], 'tool_use');
    const ask = { modelId: claude, messages: [{ role: 'user', content: [{ text: 'hi' }] }] };

    test('answers what AWS\'s SDK reads', async () => {
        fake.next = all;
        const r = await client.send(new ConverseCommand(ask));
        assert.deepEqual(r.output.message.content, all.content);
        assert.equal(r.stopReason, 'tool_use');
        assert.equal(r.usage.cacheReadInputTokens, 10);
        assert.deepEqual(fake.problems, []);
    });
    test('streams what AWS\'s SDK reads', async () => {
        fake.next = all;
        const events = [];
        for await (const e of (await client.send(new ConverseStreamCommand(ask))).stream) events.push(e);
        assert.equal(events.flatMap(e => e.contentBlockDelta?.delta.text ?? []).join(''), 'Hello.');
        assert.equal(events.flatMap(e => e.contentBlockDelta?.delta.toolUse?.input ?? []).join(''), '{"a":17,"b":23}');
        assert.equal(events.at(-1).metadata.usage.inputTokens, 5);
        assert.deepEqual(fake.problems, []);
    });
    test('fails as AWS\'s SDK expects', async () => {
        fake.next = { status: 429, type: 'ThrottlingException', body: { message: 'Too many requests' } };
        await assert.rejects(client.send(new ConverseCommand(ask)), ThrottlingException);
        fake.next = { bytes: message('throttlingException', { message: 'slow down' }, 'exception') };
        await assert.rejects(async () => { for await (const _ of (await client.send(new ConverseStreamCommand(ask))).stream); }, ThrottlingException);
    });
    test('sees what is wrong with a body and a signature', async () => {
        const user = content => ({ messages: [{ role: 'user', content }] });
        assert.deepEqual(judge_body(claude, user([{ text: 'x' }])), []);
        for (const body of [user([{ text: 'x', cachePoint: { type: 'default' } }]), user([{ image: { format: 'bmp', source: { bytes: 'AAAA' } } }]), user([{ image: { format: 'png', source: { bytes: '?' } } }]),
            user([{ toolResult: { toolUseId: 'x' } }]), { ...user([]), max_tokens: 5 }, { messages: [{ role: 'tool', content: [] }] }, { ...user([]), inferenceConfig: { maxTokens: '5' } }])
            assert.equal(judge_body(claude, body).length, 1, JSON.stringify(body));
        const forger = sdk_client(fake.origin, { ...credentials, secretAccessKey: 'x' });
        await assert.rejects(forger.send(new ConverseCommand(ask)), { name: 'InvalidSignatureException' });
        assert.equal(fake.problems.length, 1);
    });
});

describe('bedrock', { timeout: 240_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    let fake, gateway;
    before(async () => {
        fake = await new Bedrock().start();
        gateway = await Gateway.start(config(fake.origin));
    });
    after(async () => {
        await gateway?.stop();
        await fake?.stop();
        if (gateway) assert.equal(gateway.exit, 0, `the gateway ended with ${gateway.exit}:\n${gateway.log.slice(-4000)}`);
    });
    beforeEach(() => fake.reset());
    const make = f => f.make(gateway.origin, master_key);
    const good = () => {
        assert.deepEqual(fake.problems, []);
        assert.ok(gateway.alive, `the gateway died (${gateway.exit}):\n${gateway.log.slice(-4000)}`);
    };

    for (const facade of ['openai', 'anthropic', 'gemini']) {
        const f = facades[facade];
        for (const stream of [false, true]) {
            const how = stream ? ', streamed' : '';
            const send = (model, params) => f.send(make(f), model, params, { stream });

            for (const model of ['claude', 'routed', 'nova', 'arn', 'bearer'])
                test(`${facade} client, ${model}: a text and its tokens${how}`, { timeout: 30_000 }, async () => {
                    fake.next = answer([{ text: 'Grüße aus Köln ✓' }]);
                    const r = await send(model, f.start({ prompt: 'hi', system: 'Be kind.', max_tokens: 50 }));
                    assert.equal(r.text, 'Grüße aus Köln ✓');
                    assert.equal(r.finish, 'stop');
                    assert.equal(r.usage.output, 7);
                    assert.equal(r.usage.cached, 10);
                    // All of the prompt, which Bedrock counts in three parts.
                    assert.equal(r.usage.input, 35);
                    assert.equal(fake.last.stream, stream);
                    assert.equal(fake.last.model, { nova, arn: profile }[model] ?? claude);
                    assert.deepEqual(fake.last.body.system, [{ text: 'Be kind.' }]);
                    assert.equal(fake.last.body.inferenceConfig.maxTokens, 50);
                    good();
                });

            test(`${facade} client: a tool is called and answered${how}`, { timeout: 30_000 }, async () => {
                fake.next = answer([{ text: 'I multiply.' }, { toolUse: { toolUseId: 'tooluse_a-1', name: 'multiply', input: { a: 17, b: 23 } } },
                    { toolUse: { toolUseId: 'tooluse_b-2', name: 'multiply', input: { a: 1, b: 2 } } }], 'tool_use');
                const first = f.start({ prompt: '17*23?', tools: [multiply], max_tokens: 500 });
                const asked = await send('claude', first);
                assert.equal(asked.finish, 'tool_calls');
                assert.deepEqual(asked.calls.map(c => [c.name, c.args]), [['multiply', { a: 17, b: 23 }], ['multiply', { a: 1, b: 2 }]]);
                assert.equal(fake.last.body.toolConfig.tools[0].toolSpec.name, 'multiply');
                fake.next = answer([{ text: '391' }]);
                const r = await send('claude', f.extend(first, asked, asked.calls.map((c, i) => ({ ...c, text: ['391', '2'][i] }))));
                assert.equal(r.text, '391');
                const [, turn, results] = fake.last.body.messages;
                const ids = turn.content.filter(b => b.toolUse).map(b => b.toolUse.toolUseId);
                assert.equal(ids.length, 2);
                assert.deepEqual(results.content.map(b => b.toolResult.toolUseId), ids);
                good();
            });

            test(`${facade} client: an image goes along${how}`, { timeout: 30_000 }, async () => {
                fake.next = answer([{ text: 'A dot.' }]);
                const r = await send('nova', f.start({ prompt: 'What is it?', image: { type: 'image/png', data: png }, max_tokens: 50 }));
                assert.equal(r.text, 'A dot.');
                assert.deepEqual(fake.last.body.messages[0].content.find(b => b.image), { image: { format: 'png', source: { bytes: png } } });
                good();
            });

            test(`${facade} client: thoughts are shown, and their signature comes back with the tool's result${how}`, { timeout: 30_000 }, async () => {
                fake.next = answer([{ reasoningContent: { reasoningText: { text: 'I should use the tool.', signature } } },
                    { toolUse: { toolUseId: 't1', name: 'multiply', input: { a: 17, b: 23 } } }], 'tool_use');
                const first = f.start({ prompt: '17*23?', thinking: true, tools: [multiply], max_tokens: 8000 });
                const asked = await send('claude', first);
                assert.equal(asked.thinking, 'I should use the tool.');
                assert.equal(fake.last.body.additionalModelRequestFields.thinking.type, 'enabled');
                assert.ok(fake.last.body.additionalModelRequestFields.thinking.budget_tokens >= 1024);
                if (facade !== 'gemini') assert.deepEqual(asked.signatures, [signature_for[facade](signature)]);
                fake.next = answer([{ text: '391' }]);
                await send('claude', f.extend(first, asked, asked.calls.map(c => ({ ...c, text: '391' }))));
                assert.deepEqual(fake.last.body.messages[1].content[0], { reasoningContent: { reasoningText: { text: 'I should use the tool.', signature } } });
                good();
            });

            if (facade !== 'anthropic')
                test(`${facade} client: JSON comes by a tool, or by the model's own form${how}`, { timeout: 30_000 }, async () => {
                    const schema = { name: 'answer', schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false } };
                    fake.next = answer([{ text: 'Here:' }, { toolUse: { toolUseId: 't', name: 'json_tool_call', input: { n: 391 } } }], 'tool_use');
                    const r = await send('claude', f.start({ prompt: '17*23 as JSON', schema, max_tokens: 500 }));
                    assert.deepEqual(JSON.parse(r.text), { n: 391 });
                    assert.equal(r.finish, 'stop');
                    assert.deepEqual(fake.last.body.toolConfig.toolChoice, { tool: { name: 'json_tool_call' } });
                    fake.next = answer([{ text: '{"n":391}' }]);
                    assert.equal((await send('native', f.start({ prompt: '17*23 as JSON', schema, max_tokens: 500 }))).text, '{"n":391}');
                    assert.equal(fake.last.body.toolConfig, undefined);
                    assert.equal(JSON.parse(fake.last.body.outputConfig.textFormat.structure.jsonSchema.schema).required[0], 'n');
                    good();
                });

            for (const [type, status, seen, message_text] of [['ThrottlingException', 429, 429, 'Too many requests'], ['ValidationException', 400, 400, 'The value is wrong.'],
                ['AccessDeniedException', 403, 403, 'You may not.'], ['ExpiredTokenException', 403, 403, 'The security token included in the request is expired'],
                ['ModelNotReadyException', 429, 429, 'Not ready.'], ['ServiceUnavailableException', 503, 503, 'Down.'], ['InternalServerException', 500, 500, 'Broken.']])
                test(`${facade} client: ${type}${how}`, { timeout: 30_000 }, async () => {
                    fake.next = { status, type, body: { message: message_text } };
                    const e = await send('claude', f.start({ prompt: 'hi', max_tokens: 5 })).then(() => null, error => error);
                    assert.ok(e, 'the call succeeded');
                    assert.equal(e.status, seen, e.message);
                    assert.match(e.message, new RegExp(message_text.replaceAll('.', '\\.')));
                    good();
                });

            test(`${facade} client: keys that are not AWS's${how}`, { timeout: 30_000 }, async () => {
                const e = await send('forged', f.start({ prompt: 'hi', max_tokens: 5 })).then(() => null, error => error);
                assert.equal(e?.status, 403, e?.message);
                assert.equal(fake.problems.length, 1);
                assert.doesNotMatch(e.message, /not the secret/);
            });
        }

        const text_of = streamed(answer([{ text: 'Hello there, this is a text.' }]));
        const beginning = Buffer.concat(text_of.slice(0, 2));
        const damaged_early = Buffer.concat(text_of);
        damaged_early[beginning.length + 20] ^= 1;
        for (const [name, plan] of [['cut within an event', { bytes: Buffer.concat([beginning, text_of[2].subarray(0, 20)]), cut: true }],
            ['ended properly within an event', { bytes: Buffer.concat([beginning, text_of[2].subarray(0, 20)]) }], ['ended before messageStop', { bytes: beginning }],
            ['with a damaged byte', { bytes: damaged_early }], ['that is empty', { bytes: Buffer.alloc(0) }],
            ['with an exception', { bytes: Buffer.concat([beginning, message('modelStreamErrorException', { message: 'The model broke.' }, 'exception')]) }],
            ['with an exception at once', { bytes: message('throttlingException', { message: 'slow down' }, 'exception') }]])
            test(`${facade} client: a stream ${name} is no clean end`, { timeout: 30_000 }, async () => {
                fake.next = plan;
                let finished = null, error = null;
                try {
                    for await (const { finish } of f.raw_stream(make(f), 'claude', f.start({ prompt: 'hi', max_tokens: 50 }))) finished ??= finish || null;
                } catch (e) { error = e; }
                assert.ok(error, 'the SDK saw a clean end');
                assert.equal(finished, null, 'the SDK saw a finish reason');
                if (name.endsWith('at once')) assert.equal(error.status, 429);
                good();
            });
        test(`${facade} client: a stream without its metadata is whole`, { timeout: 30_000 }, async () => {
            fake.next = { bytes: Buffer.concat(text_of.slice(0, -1)) };
            const r = await f.send(make(f), 'claude', f.start({ prompt: 'hi', max_tokens: 50 }), { stream: true });
            assert.equal(r.text, 'Hello there, this is a text.');
            good();
        });
    }

    test('Anthropic\'s breakpoints become cache points', { timeout: 30_000 }, async () => {
        const client = make(facades.anthropic);
        fake.next = answer([{ text: 'ok' }]);
        const r = await client.messages.create({
            model: 'claude', max_tokens: 50, system: [{ type: 'text', text: 'long', cache_control: { type: 'ephemeral', ttl: '1h' } }],
            messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }],
        });
        assert.deepEqual(fake.last.body.system, [{ text: 'long' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
        assert.deepEqual(fake.last.body.messages[0].content, [{ text: 'hi' }, { cachePoint: { type: 'default' } }]);
        assert.equal(r.usage.cache_read_input_tokens, 10);
        assert.equal(r.usage.cache_creation_input_tokens, 20);
        good();
    });

    test('the sequence that stopped the model is named', { timeout: 30_000 }, async () => {
        fake.next = answer([{ text: 'one' }], 'stop_sequence', { stop_sequence: 'END' });
        const r = await make(facades.anthropic).messages.create({ model: 'claude', max_tokens: 50, stop_sequences: ['END'], messages: [{ role: 'user', content: 'count' }] });
        assert.equal(r.stop_sequence, 'END');
        assert.deepEqual(fake.last.body.inferenceConfig.stopSequences, ['END']);
        good();
    });
});
