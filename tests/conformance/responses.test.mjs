// SPDX-License-Identifier: BSL-1.0
// OpenAI's SDK at the Responses API, over each upstream: `client.responses.create`, whole and streamed. Every reply and every event
// is judged by OpenAI's description, and the order of the events by hand.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import { check_responses_reply, check_responses_stream } from './lib/ajv_openai.mjs';
import { facades } from './lib/facades.mjs';
import { upstream_keys } from './lib/gateway.mjs';
import { Stack, needs_gateway } from './lib/stack.mjs';

const weather = {
    type: 'function', name: 'get_weather', description: 'Weather of a city', strict: false,
    parameters: { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }, required: ['city'] },
};
const person = {
    type: 'json_schema', name: 'person', strict: true,
    schema: { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'], additionalProperties: false },
};
const plain_text = 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.';
/// Upstream → model. `openai` is one that has no Responses API, `responses` one through which the requests pass.
const models = { openai: 'gpt-chat', responses: 'gpt', anthropic: 'claude', gemini: 'gem' };

describe('responses', { timeout: 240_000, skip: needs_gateway }, () => {
    let s, client;
    before(async () => {
        s = await Stack.start({
            config: origin => ({
                extra_models: [{
                    model_name: 'gpt-chat',
                    litellm_params: { model: 'openai/gpt-4o', api_key: upstream_keys.openai, api_base: `${origin}/v1`, use_chat_completions_api: true },
                }, {
                    model_name: 'gpt-by-responses',
                    litellm_params: { model: 'openai/responses/gpt-4o', api_key: upstream_keys.openai, api_base: `${origin}/v1` },
                }],
            }),
        });
        client = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s.stop());
    beforeEach(() => s.reset());

    /// The response, and how many pieces its text had.
    const send = async (params, stream) => {
        const body = { store: false, ...params };
        if (!stream) return { r: await client.responses.create(body), pieces: 0 };
        const helper = client.responses.stream(body);
        let pieces = 0;
        for await (const e of helper) if (e.type === 'response.output_text.delta') ++pieces;
        return { r: await helper.finalResponse(), pieces };
    };
    const judge = async ({ broken = false } = {}) => {
        for (const x of s.front.exchanges) {
            await x.closed(10_000);
            assert.equal(x.reply.status, 200);
            const problems = x.json().stream ? check_responses_stream(x.reply.body, { broken }) : check_responses_reply(JSON.parse(x.reply.body));
            assert.deepEqual(problems, []);
        }
        await s.verify();
    };

    for (const [upstream, model] of Object.entries(models))
        for (const stream of [false, true]) {
            const named = what => `${upstream} upstream: ${what}${stream ? ', streamed' : ''}`;
            // What the fake upstream itself writes as a response is not for this gateway to answer for.
            const judged = upstream === 'responses' ? () => s.verify() : judge;

            test(named('plain'), { timeout: 30_000 }, async () => {
                const { r, pieces } = await send({ model, instructions: 'Be brief.', input: 'Say [plain]', max_output_tokens: 99 }, stream);
                assert.equal(r.output_text, plain_text);
                assert.equal(r.status, 'completed');
                if (upstream !== 'responses') {
                    assert.deepEqual([r.usage.input_tokens, r.usage.output_tokens], [11, 7]);
                    assert.deepEqual([r.instructions, r.max_output_tokens], ['Be brief.', 99]);
                }
                if (stream) assert.ok(pieces > 3, `the text came in ${pieces} pieces`);
                await judged();
            });

            test(named('tools and their results'), { timeout: 30_000 }, async () => {
                const first = { model, tools: [weather], input: [{ role: 'user', content: 'Both? [parallel]' }] };
                const { r: asked } = await send(first, stream);
                const calls = asked.output.filter(i => i.type === 'function_call');
                assert.deepEqual(calls.map(c => JSON.parse(c.arguments).city), ['Paris', 'Rome']);
                const results = calls.map(c => ({ type: 'function_call_output', call_id: c.call_id, output: c === calls[0] ? '18 degrees' : '24 degrees' }));
                // The items go back exactly as the SDK has them, but for what its parser added.
                const items = asked.output.map(({ parsed_arguments, ...item }) => item);
                const { r } = await send({ ...first, input: [...first.input, ...items, ...results] }, stream);
                assert.equal(r.output_text, 'Paris 18, Rome 24.');
                await judged();
            });

            test(named('a form of the answer'), { timeout: 30_000 }, async () => {
                const { r } = await send({ model, input: 'Who? [schema]', text: { format: person } }, stream);
                assert.deepEqual(JSON.parse(r.output_text), { name: 'Ada', age: 36 });
                await judged();
            });

            if (upstream === 'responses') continue;
            test(named('an answer that is cut'), { timeout: 30_000 }, async () => {
                const { r } = await send({ model, input: 'Go [length]' }, stream);
                assert.deepEqual([r.status, r.incomplete_details.reason, r.output_text], ['incomplete', 'max_output_tokens', 'This goes on and']);
                await judged();
            });

            test(named('a conversation that only OpenAI has'), { timeout: 30_000 }, async () => {
                await assert.rejects(send({ model, input: 'Say [plain]', previous_response_id: 'resp_1' }, stream),
                    e => e instanceof OpenAI.BadRequestError && /previous_response_id/.test(e.message));
                assert.equal(s.back.exchanges.length, 0);
            });
        }

    for (const facade of ['openai', 'anthropic', 'gemini'])
        for (const stream of [false, true]) {
            const named = what => `${facade} client, a deployment of the Responses API: ${what}${stream ? ', streamed' : ''}`;
            const f = facades[facade];
            const ask = params => f.send(f.make(s.url, s.key), 'gpt-by-responses', params, { stream });
            const tool = { name: weather.name, description: weather.description, parameters: weather.parameters };

            test(named('plain'), { timeout: 30_000 }, async () => {
                const r = await ask(f.start({ prompt: 'Say [plain]', system: 'Be brief.', max_tokens: 99 }));
                assert.deepEqual([r.text, r.finish, r.usage.input, r.usage.output], [plain_text, 'stop', 11, 7]);
                const sent = s.back.last.json();
                assert.match(s.back.last.path, /\/responses$/);
                assert.deepEqual([sent.model, sent.instructions, sent.max_output_tokens, sent.store], ['gpt-4o', 'Be brief.', 99, false]);
                await s.verify();
            });

            test(named('tools and their results'), { timeout: 30_000 }, async () => {
                const first = f.start({ prompt: 'Both? [parallel]', tools: [tool] });
                const asked = await ask(first);
                assert.deepEqual([asked.finish, ...asked.calls.map(c => c.args.city)], ['tool_calls', 'Paris', 'Rome']);
                const r = await ask(f.extend(first, asked, asked.calls.map((c, i) => ({ ...c, text: i === 0 ? '18 degrees' : '24 degrees' }))));
                assert.equal(r.text, 'Paris 18, Rome 24.');
                await s.verify();
            });

            test(named('a form of the answer'), { timeout: 30_000 }, async () => {
                const r = await ask(f.start({ prompt: 'Who? [schema]', schema: { name: person.name, schema: person.schema } }));
                assert.deepEqual(JSON.parse(r.text), { name: 'Ada', age: 36 });
                await s.verify();
            });
        }

    test('thoughts and their signature go back to the vendor that signed them', { timeout: 30_000 }, async () => {
        const tools = [{ type: 'function', name: 'multiply', strict: false, parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } } }];
        for (const stream of [false, true]) {
            const first = { model: 'claude', tools, reasoning: { effort: 'low', summary: 'auto' }, max_output_tokens: 8000, input: [{ role: 'user', content: '17*23? [think-tool]' }] };
            const { r: asked } = await send(first, stream);
            const thought = asked.output.find(i => i.type === 'reasoning'), call = asked.output.find(i => i.type === 'function_call');
            assert.equal(thought.summary[0].text, 'I should use the tool.');
            assert.equal(thought.encrypted_content, 'llmx::anthropic_messages:RXJVQkNrZ0lDeEFDR0FJaVRP');
            const items = asked.output.map(({ parsed_arguments, ...item }) => item);
            const { r } = await send({ ...first, input: [...first.input, ...items, { type: 'function_call_output', call_id: call.call_id, output: '391' }] }, stream);
            assert.equal(r.output_text, 'The product is 391.');
            assert.ok(s.back.last.body.toString('utf8').includes('"signature":"RXJVQkNrZ0lDeEFDR0FJaVRP"'));
        }
        await judge();
    });
});
