// SPDX-License-Identifier: BSL-1.0
// The unmodified AWS SDK as the client: `@aws-sdk/client-bedrock-runtime` with a Bedrock API key, over an upstream of every language.
import {
    BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, ModelStreamErrorException, ResourceNotFoundException,
    ThrottlingException, ValidationException,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Bedrock, answer, bearer, message, region } from './lib/bedrock.mjs';
import { Gateway, gateway_program, master_key } from './lib/gateway.mjs';
import { Stack, needs_gateway } from './lib/stack.mjs';

// HTTP/1.1: streams would go over HTTP/2 without encryption, which the gateway does not speak.
const make = (endpoint, token = master_key) => new BedrockRuntimeClient({
    region, endpoint, token: { token }, authSchemePreference: ['httpBearerAuth'], maxAttempts: 1, requestHandler: new NodeHttpHandler(),
});
const weather = {
    toolSpec: {
        name: 'get_weather', description: 'Weather of a city',
        inputSchema: { json: { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string' } }, required: ['city'] } },
    },
};
const red_dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
const plain_text = 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.';
const user = (...content) => ({ role: 'user', content });

/// A whole answer and a streamed one in the same form, the latter put together as AWS documents it.
async function send(client, input, stream) {
    if (!stream) {
        const r = await client.send(new ConverseCommand(input));
        return { message: r.output.message, stop: r.stopReason, usage: r.usage, metrics: r.metrics, id: r.$metadata.requestId };
    }
    const got = { message: null, stop: null, usage: null, pieces: 0 };
    const blocks = [];
    let open = null;
    for await (const e of (await client.send(new ConverseStreamCommand(input))).stream) {
        assert.ok(!e.$unknown, `an event that the SDK does not know: ${JSON.stringify(e)}`);
        if (e.messageStart) got.message = { role: e.messageStart.role, content: blocks };
        if (e.contentBlockStart) {
            assert.equal(open, null, 'a block begins within another');
            open = e.contentBlockStart.contentBlockIndex;
            blocks[open] = { toolUse: { ...e.contentBlockStart.start.toolUse, input: '' } };
        }
        if (e.contentBlockDelta) {
            const { contentBlockIndex: i, delta } = e.contentBlockDelta;
            assert.ok(open === null || open === i, 'blocks are mixed');
            open = i;
            if (delta.text !== undefined) { (blocks[i] ??= { text: '' }).text += delta.text; ++got.pieces; }
            if (delta.toolUse) blocks[i].toolUse.input += delta.toolUse.input;
            if (delta.reasoningContent) {
                const thought = (blocks[i] ??= { reasoningContent: { reasoningText: { text: '' } } }).reasoningContent.reasoningText;
                thought.text += delta.reasoningContent.text ?? '';
                if (delta.reasoningContent.signature) thought.signature = (thought.signature ?? '') + delta.reasoningContent.signature;
            }
        }
        if (e.contentBlockStop) {
            assert.equal(e.contentBlockStop.contentBlockIndex, open);
            if (blocks[open].toolUse) blocks[open].toolUse.input = JSON.parse(blocks[open].toolUse.input || '{}');
            open = null;
        }
        if (e.messageStop) got.stop = e.messageStop.stopReason;
        if (e.metadata) { got.usage = e.metadata.usage; got.metrics = e.metadata.metrics; }
    }
    assert.equal(open, null);
    return got;
}
const text_of = r => r.message.content.map(b => b.text ?? '').join('');
const calls_of = r => r.message.content.filter(b => b.toolUse).map(b => b.toolUse);

describe('converse', { timeout: 240_000, skip: needs_gateway }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());

    for (const upstream of ['openai', 'anthropic', 'gemini', 'azure'])
        for (const stream of [false, true]) {
            const how = `${upstream} upstream${stream ? ', streamed' : ''}`;
            const ask = input => send(make(s.url), { modelId: s.model(upstream), ...input }, stream);

            test(`${how}: a text, its tokens and the id of the request`, async () => {
                const r = await ask({ system: [{ text: 'Be kind.' }], messages: [user({ text: 'Say [plain]' })], inferenceConfig: { maxTokens: 77 } });
                assert.equal(text_of(r), plain_text);
                assert.equal(r.message.role, 'assistant');
                assert.equal(r.stop, 'end_turn');
                assert.deepEqual([r.usage.inputTokens, r.usage.outputTokens, r.usage.totalTokens], [11, 7, 18]);
                assert.equal(typeof r.metrics.latencyMs, 'number');
                if (stream) assert.ok(r.pieces > 3);
                else assert.ok(r.id);
                assert.ok(JSON.stringify(s.back.last.json()).includes('Be kind.'));
                await s.verify();
            });
            test(`${how}: tools are called and answered`, async () => {
                const messages = [user({ text: 'Both? [parallel]' })], toolConfig = { tools: [weather], toolChoice: { auto: {} } };
                const asked = await ask({ messages, toolConfig });
                assert.equal(asked.stop, 'tool_use');
                assert.deepEqual(calls_of(asked).map(c => [c.name, c.input.city]), [['get_weather', 'Paris'], ['get_weather', 'Rome']]);
                const degrees = { Paris: '18 degrees', Rome: '24 degrees' };
                const results = calls_of(asked).map((c, i) => ({
                    toolResult: { toolUseId: c.toolUseId, content: [i ? { text: degrees[c.input.city] } : { json: { is: degrees[c.input.city] } }], status: 'success' },
                }));
                const r = await ask({ messages: [...messages, asked.message, user(...results)], toolConfig });
                assert.equal(text_of(r), 'Paris 18, Rome 24.');
                assert.equal(r.stop, 'end_turn');
                await s.verify();
            });
            test(`${how}: an image, stop sequences, limits and filters`, async () => {
                assert.equal(text_of(await ask({ messages: [user({ text: 'What is it? [image]' }, { image: { format: 'png', source: { bytes: red_dot } } })] })), 'A red dot.');
                assert.ok(JSON.stringify(s.back.last.json()).includes(red_dot.toString('base64')));
                assert.equal(text_of(await ask({ messages: [user({ text: 'Count [stop]' })], inferenceConfig: { stopSequences: ['three', 'END'] } })), 'one two ');
                assert.equal((await ask({ messages: [user({ text: 'Go [length]' })] })).stop, 'max_tokens');
                assert.equal((await ask({ messages: [user({ text: 'Bad [filter]' })] })).stop, 'guardrail_intervened');
                await s.verify();
            });
            test(`${how}: a JSON schema`, async () => {
                const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'], additionalProperties: false };
                const r = await ask({
                    messages: [user({ text: 'Who? [schema]' })],
                    outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'person', schema: JSON.stringify(schema) } } } },
                });
                assert.deepEqual(JSON.parse(text_of(r)), { name: 'Ada', age: 36 });
                await s.verify();
            });
        }

    test('a wrong key, an unknown model and a wrong member have the classes that the SDK has', async () => {
        const input = { modelId: s.model('openai'), messages: [user({ text: 'Say [plain]' })] };
        for (const [client, more, kind, status] of [
            [make(s.url, 'wrong'), {}, 'UnrecognizedClientException', 401],
            [make(s.url), { modelId: 'arn:aws:bedrock:us-east-1:1:inference-profile/none' }, ResourceNotFoundException, 404],
            [make(s.url), { messages: [] }, ValidationException, 400],
            [make(s.url), { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' } }, ValidationException, 400],
        ])
            for (const stream of [false, true])
                await assert.rejects(send(client, { ...input, ...more }, stream), e => {
                    if (typeof kind === 'string') assert.equal(e.name, kind);
                    else assert.ok(e instanceof kind, `${e.name}: ${e.message}`);
                    assert.equal(e.$metadata.httpStatusCode, status);
                    assert.ok(e.$metadata.requestId);
                    return true;
                });
    });
    test('a signed request is told which key to give', async () => {
        const signer = new BedrockRuntimeClient({ region, endpoint: s.url, credentials: { accessKeyId: 'AKIA', secretAccessKey: 'x' }, maxAttempts: 1, requestHandler: new NodeHttpHandler() });
        await assert.rejects(send(signer, { modelId: 'gpt', messages: [user({ text: 'x' })] }, false), /AWS_BEARER_TOKEN_BEDROCK/);
    });
});

describe('converse over Bedrock', { timeout: 120_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    const claude = 'us.anthropic.claude-sonnet-4-20250514-v1:0';
    let fake, gateway;
    before(async () => {
        fake = await new Bedrock().start();
        gateway = await Gateway.start({
            model_list: [[claude, {}], ['guarded', { extra_body: { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' } } }]].map(([model_name, more]) => ({
                model_name, litellm_params: { model: `bedrock/${claude}`, api_key: bearer, api_base: fake.origin, aws_region_name: region, ...more },
            })),
            router_settings: { num_retries: 0, disable_cooldowns: true }, general_settings: { master_key },
        });
    });
    after(async () => { await gateway?.stop(); await fake?.stop(); });
    beforeEach(() => fake.reset());

    for (const stream of [false, true]) {
        const how = stream ? ', streamed' : '';
        test(`bytes pass both ways, model ids with colons${how}`, async () => {
            fake.next = answer([{ reasoningContent: { reasoningText: { text: 'hm', signature: 'c2ln' } } }, { text: 'Grüße ✓' }]);
            const messages = [user({ text: 'hi' }, { cachePoint: { type: 'default' } }, { searchResult: { source: 's', title: 't', content: [{ text: 'x' }], citations: { enabled: true } } })];
            const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1' };
            const r = await send(make(gateway.origin), { modelId: claude, messages, guardrailConfig }, stream);
            assert.equal(text_of(r), 'Grüße ✓');
            assert.equal(r.message.content[0].reasoningContent.reasoningText.signature, 'c2ln');
            assert.equal(r.usage.cacheReadInputTokens, 10);
            assert.equal(fake.last.model, claude);
            assert.deepEqual(fake.last.body, { messages, guardrailConfig });
            assert.deepEqual(fake.problems, []);
        });
        test(`failures are the provider's${how}`, async () => {
            fake.next = { status: 429, type: 'ThrottlingException', body: { message: 'Too many requests' } };
            await assert.rejects(send(make(gateway.origin), { modelId: claude, messages: [user({ text: 'hi' })] }, stream), ThrottlingException);
        });
    }
    test('a guardrail of the configuration is in each request', async () => {
        for (const guardrailConfig of [undefined, { guardrailIdentifier: 'own', guardrailVersion: '2' }]) {
            fake.next = answer([{ text: 'a' }]);
            await send(make(gateway.origin), { modelId: 'guarded', messages: [user({ text: 'hi' })], guardrailConfig }, false);
            assert.deepEqual(fake.last.body.guardrailConfig, { guardrailIdentifier: 'g', guardrailVersion: '1' });
        }
    });
    test('an exception within a stream is one to the client', async () => {
        const first = [message('messageStart', { role: 'assistant' }), message('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } })];
        fake.next = { bytes: Buffer.concat([...first, message('modelStreamErrorException', { message: 'broke' }, 'exception')]) };
        await assert.rejects(send(make(gateway.origin), { modelId: claude, messages: [user({ text: 'hi' })] }, true), e => e instanceof ModelStreamErrorException || e.name.endsWith('Exception'));
    });
});
