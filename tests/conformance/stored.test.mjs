// SPDX-License-Identifier: BSL-1.0
// OpenAI's SDK at the Responses API with its state, over each upstream: retrieve, delete, cancel, input items, conversations by
// `previous_response_id`, responses in the background and their streams from any event on. What the gateway writes is judged by OpenAI's
// description.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import { check_responses_reply, check_schema } from './lib/ajv_openai.mjs';
import { upstream_keys } from './lib/gateway.mjs';
import { Stack, needs_gateway } from './lib/stack.mjs';

const weather = {
    type: 'function', name: 'get_weather', description: 'Weather of a city', strict: false,
    parameters: { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }, required: ['city'] },
};
const plain_text = 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.';
const models = { openai: 'gpt-chat', responses: 'gpt', anthropic: 'claude', gemini: 'gem' };
const limits = { timeout: 30_000 };

describe('stored responses', { timeout: 240_000, skip: needs_gateway }, () => {
    let s, client;
    before(async () => {
        s = await Stack.start({
            config: origin => ({
                extra_models: [{
                    model_name: 'gpt-chat',
                    litellm_params: { model: 'openai/gpt-4o', api_key: upstream_keys.openai, api_base: `${origin}/v1`, use_chat_completions_api: true },
                }, {
                    model_name: 'any/*',
                    litellm_params: { model: 'openai/*', api_key: upstream_keys.openai, api_base: `${origin}/v1` },
                }],
            }),
        });
        client = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s.stop());
    beforeEach(() => s.reset());

    const ended = async id => {
        for (;;) {
            const r = await client.responses.retrieve(id);
            if (!['queued', 'in_progress'].includes(r.status)) return r;
            await new Promise(done => setTimeout(done, 20));
        }
    };
    const collect = async stream => {
        const all = [];
        for await (const e of stream) all.push(e);
        return all;
    };
    const judge_events = events => {
        for (const e of events) assert.deepEqual(check_schema('ResponseStreamEvent', e), [], e.type);
        events.forEach((e, i) => i && assert.equal(e.sequence_number, events[i - 1].sequence_number + 1));
    };
    const judge = r => { const { output_text, _request_id, ...body } = r; assert.deepEqual(check_responses_reply(body), []); };

    for (const [upstream, model] of Object.entries(models)) {
        const named = what => `${upstream} upstream: ${what}`;
        // What the fake upstream itself writes as a response is not for this gateway to answer for.
        const own = upstream !== 'responses';

        test(named('retrieve, input items, delete'), limits, async () => {
            const made = await client.responses.create({ model, input: 'Say [plain]', metadata: { a: 'b' } });
            const got = await client.responses.retrieve(made.id);
            assert.equal(got.output_text, plain_text);
            if (own) assert.deepEqual([got.id, got.store, got.metadata], [made.id, true, { a: 'b' }]);
            if (own) judge(got);
            const items = await client.responses.inputItems.list(made.id);
            assert.equal(items.data[0].content[0].text, 'Say [plain]');
            for (const item of items.data) assert.deepEqual(check_schema('ItemResource', item), []);
            await client.responses.delete(made.id).catch(e => { if (own) throw e; });
            if (own) await assert.rejects(client.responses.retrieve(made.id), e => e instanceof OpenAI.NotFoundError);
            await assert.rejects(client.responses.cancel(made.id));
        });

        test(named('a conversation by previous_response_id'), limits, async () => {
            const asked = await client.responses.create({ model, tools: [weather], input: 'Both? [parallel]' });
            const calls = asked.output.filter(i => i.type === 'function_call');
            assert.deepEqual(calls.map(c => JSON.parse(c.arguments).city), ['Paris', 'Rome']);
            const input = calls.map((c, i) => ({ type: 'function_call_output', call_id: c.call_id, output: i === 0 ? '18 degrees' : '24 degrees' }));
            if (!own) {
                // The vendor goes on with it: the request passes as it is.
                await client.responses.create({ model, tools: [weather], previous_response_id: asked.id, input }).catch(() => {});
                assert.equal(s.back.last.json().previous_response_id, asked.id);
                assert.equal(s.back.last.json().input.length, 2);
                return;
            }
            for (const stream of [false, true]) {
                let r = await client.responses.create({ model, tools: [weather], previous_response_id: asked.id, input, stream });
                if (stream) r = (await collect(r)).at(-1).response;
                const text = r.output.find(i => i.type === 'message').content[0].text;
                assert.equal(text, 'Paris 18, Rome 24.');
                assert.equal(r.previous_response_id, asked.id);
                const items = await client.responses.inputItems.list(r.id, { order: 'asc', limit: 2 });
                const all = [];
                for await (const item of items) all.push(item);
                assert.deepEqual(all.map(i => i.type), ['message', 'function_call', 'function_call', 'function_call_output', 'function_call_output']);
                for (const item of all) assert.deepEqual(check_schema('ItemResource', item), [], item.type);
            }
            await s.verify();
        });

        test(named('in the background'), limits, async () => {
            const queued = await client.responses.create({ model, input: 'Say [plain]', background: true });
            assert.deepEqual([queued.status, queued.background], ['queued', true]);
            judge(queued);
            const r = await ended(queued.id);
            assert.deepEqual([r.status, r.id, r.output_text, r.background], ['completed', queued.id, plain_text, true]);
            if (own) judge(r);
            const all = await collect(await client.responses.retrieve(queued.id, { stream: true }));
            if (own) judge_events(all);
            assert.deepEqual(all.slice(0, 3).map(e => e.type), ['response.created', 'response.queued', 'response.in_progress']);
            assert.equal(all.at(-1).type, 'response.completed');
            const rest = await collect(await client.responses.retrieve(queued.id, { stream: true, starting_after: 4 }));
            assert.deepEqual(rest, all.slice(5));
            assert.equal((await client.responses.cancel(queued.id)).status, 'completed');
        });

        test(named('in the background, streamed and resumed'), limits, async () => {
            const stream = await client.responses.create({ model, input: 'Say [plain]', background: true, stream: true });
            let id, last;
            for await (const e of stream) {
                id ??= e.response?.id;
                last = e.sequence_number;
                if (e.type === 'response.output_text.delta') break;
            }
            const rest = await collect(await client.responses.retrieve(id, { stream: true, starting_after: last }));
            assert.equal(rest[0].sequence_number, last + 1);
            if (own) judge_events(rest);
            assert.equal(rest.at(-1).type, 'response.completed');
            assert.equal(rest.at(-1).response.id, id);
        });

        test(named('cancelled'), limits, async () => {
            s.back.script({ stall: 0 });
            const queued = await client.responses.create({ model, input: 'Say [plain]', background: true });
            while (s.back.exchanges.length === 0) await new Promise(done => setTimeout(done, 10));
            assert.equal((await client.responses.cancel(queued.id)).status, 'cancelled');
            const r = await ended(queued.id);
            assert.deepEqual([r.status, r.output], ['cancelled', []]);
            judge(r);
        });

        test(named('a failure in the background'), limits, async () => {
            const queued = await client.responses.create({ model, input: 'No fixture has this.', background: true });
            const r = await ended(queued.id);
            assert.equal(r.status, 'failed');
            assert.equal(r.error.code, 'server_error');
            judge(r);
        });
    }

    test('a conversation moves from one vendor to another', limits, async () => {
        const asked = await client.responses.create({ model: 'claude', tools: [weather], input: 'Both? [parallel]' });
        const input = asked.output.filter(i => i.type === 'function_call')
            .map((c, i) => ({ type: 'function_call_output', call_id: c.call_id, output: i === 0 ? '18 degrees' : '24 degrees' }));
        for (const model of ['gem', 'gpt-chat', 'gpt']) {
            const r = await client.responses.create({ model, tools: [weather], previous_response_id: asked.id, input });
            assert.equal(r.output_text, 'Paris 18, Rome 24.');
        }
        await s.verify();
    });

    test('a model behind a wildcard that is reached by the Responses API', limits, async () => {
        const r = await client.chat.completions.create({ model: 'any/responses/gpt-4o', messages: [{ role: 'user', content: 'Say [plain]' }] });
        assert.equal(r.choices[0].message.content, plain_text);
        assert.match(s.back.last.path, /\/responses$/);
        assert.equal(s.back.last.json().model, 'gpt-4o');
    });

    test('what is not kept', limits, async () => {
        const r = await client.responses.create({ model: 'claude', input: 'Say [plain]', store: false });
        await assert.rejects(client.responses.retrieve(r.id), e => e instanceof OpenAI.NotFoundError && !e.code);
        await assert.rejects(client.responses.create({ model: 'claude', input: 'Say [plain]', background: true, store: false }),
            e => e instanceof OpenAI.BadRequestError && e.param === 'background');
    });

    test('conversations: made, listed, continued over each provider, and erased', limits, async () => {
        const made = await client.conversations.create({ metadata: { topic: 'demo' }, items: [{ type: 'message', role: 'user', content: 'Say [plain]' }] });
        assert.match(made.id, /^conv_/);
        assert.deepEqual(check_schema('ConversationResource', made), []);
        assert.equal((await client.conversations.retrieve(made.id)).metadata.topic, 'demo');
        assert.equal((await client.conversations.update(made.id, { metadata: { topic: 'other' } })).metadata.topic, 'other');
        const added = await client.conversations.items.create(made.id, { items: [{ type: 'message', role: 'user', content: 'more' }] });
        assert.equal(added.data.length, 1);
        for (const [n, model] of ['gpt-chat', 'claude', 'gem'].entries()) {
            const r = await client.responses.create({ model, input: 'Say [plain]', conversation: made.id });
            assert.equal(r.output_text, plain_text);
            assert.equal(r.conversation.id, made.id);
            const items = [];
            for await (const item of client.conversations.items.list(made.id, { order: 'asc', limit: 2 })) items.push(item);
            for (const item of items) assert.deepEqual(check_schema('ConversationItem', item), []);
            assert.equal(items.length, 2 + 2 * (n + 1));
            assert.equal(items.at(-1).role, 'assistant');
        }
        const [last] = (await client.conversations.items.list(made.id)).data;
        assert.equal((await client.conversations.items.retrieve(last.id, { conversation_id: made.id })).id, last.id);
        assert.equal((await client.conversations.items.delete(last.id, { conversation_id: made.id })).id, made.id);
        assert.deepEqual(await client.conversations.delete(made.id), { id: made.id, object: 'conversation.deleted', deleted: true });
        await assert.rejects(client.conversations.retrieve(made.id), e => e instanceof OpenAI.NotFoundError);
    });
});
