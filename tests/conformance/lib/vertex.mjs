// SPDX-License-Identifier: BSL-1.0
// Google's token server and Vertex AI as far as the tests need them. The token server takes only an assertion that the
// service account's public key verifies; the upstream takes only tokens that it has given.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

const read = async request => { let s = ''; for await (const part of request) s += part; return s; };
const decode = part => JSON.parse(Buffer.from(part, 'base64url'));

async function listen(answer) {
    const server = http.createServer((q, r) => answer(q, r).catch(e => { r.statusCode = 500; r.end(String(e)); })).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}

export class TokenServer {
    tokens = new Set();
    assertions = [];
    refusals = [];
    static async start() {
        const t = new TokenServer();
        Object.assign(t, await listen((q, r) => t.#answer(q, r)));
        t.account = t.make_account();
        t.key = createPublicKey(t.account.private_key);
        return t;
    }
    /// A service account with a new key, which only `account` has verified.
    make_account() {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        return {
            type: 'service_account', project_id: 'p-1', private_key_id: 'kid-1', client_email: 'robot@p-1.iam.gserviceaccount.com',
            private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }), token_uri: `${this.origin}/token`,
        };
    }
    #why_not(form) {
        if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'grant_type';
        const parts = (form.get('assertion') ?? '').split('.');
        if (parts.length !== 3) return 'no JWT';
        const [head, claims] = parts.slice(0, 2).map(decode);
        const now = Date.now() / 1000;
        if (head.alg !== 'RS256' || head.kid !== 'kid-1') return 'header';
        if (claims.iss !== this.account.client_email || claims.aud !== this.account.token_uri) return 'issuer or audience';
        if (claims.scope !== 'https://www.googleapis.com/auth/cloud-platform') return 'scope';
        if (!(claims.iat <= now + 5 && claims.exp > now && claims.exp - claims.iat <= 3600)) return 'times';
        if (!verify('RSA-SHA256', Buffer.from(`${parts[0]}.${parts[1]}`), this.key, Buffer.from(parts[2], 'base64url'))) return 'Invalid JWT Signature.';
        return null;
    }
    async #answer(q, r) {
        const form = new URLSearchParams(await read(q));
        this.assertions.push(form.get('assertion'));
        const why = q.url === '/token' ? this.#why_not(form) : 'path';
        r.setHeader('content-type', 'application/json');
        if (why) {
            this.refusals.push(why);
            r.statusCode = 400;
            return r.end(JSON.stringify({ error: 'invalid_grant', error_description: why }));
        }
        const token = `ya29.token-${this.tokens.size + 1}`;
        this.tokens.add(token);
        r.end(JSON.stringify({ access_token: token, expires_in: 3599, token_type: 'Bearer' }));
    }
}

const gemini = (text, last = true) => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, ...(last ? { finishReason: 'STOP' } : {}) }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5, totalTokenCount: 8, trafficType: 'ON_DEMAND' },
    modelVersion: 'gemini-2.5-flash', createTime: '2026-01-01T00:00:00Z', responseId: 'r-1',
});
const message = { id: 'msg_vrtx_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929', content: [{ type: 'text', text: 'Hello there' }], stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 3, output_tokens: 5 } };
const claude_events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 3, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello ' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'there' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
];

export class Vertex {
    requests = [];
    /// { status, body } of the next answers.
    script = [];
    static async start(tokens) {
        const v = new Vertex();
        v.tokens = tokens;
        return Object.assign(v, await listen((q, r) => v.#answer(q, r)));
    }
    get last() { return this.requests.at(-1); }
    async #answer(q, r) {
        const body = JSON.parse(await read(q));
        this.requests.push({ url: q.url, headers: q.headers, body });
        const json = (status, o) => { r.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }); r.end(JSON.stringify(o)); };
        const token = /^Bearer (.+)$/.exec(q.headers.authorization ?? '')?.[1];
        if (!this.tokens.has(token) && token !== 'of-the-sdk' && q.headers['x-goog-api-key'] !== 'express-key')
            return json(401, { error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' } });
        if (this.script.length) { const s = this.script.shift(); return json(s.status, s.body); }
        const claude = q.url.includes('/publishers/anthropic/');
        if (claude && ('model' in body || !body.anthropic_version))
            return json(400, { type: 'error', error: { type: 'invalid_request_error', message: 'model: Extra inputs are not permitted' } });
        const events = list => { r.writeHead(200, { 'content-type': 'text/event-stream' }); for (const e of list) r.write(e); r.end(); };
        if (q.url.endsWith(':rawPredict')) return json(200, message);
        if (q.url.endsWith(':streamRawPredict')) return events(claude_events.map(e => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`));
        if (q.url.endsWith(':generateContent')) return json(200, gemini('Hello there'));
        if (q.url.endsWith(':streamGenerateContent?alt=sse')) return events([gemini('Hello ', false), gemini('there')].map(o => `data: ${JSON.stringify(o)}\r\n\r\n`));
        if (q.url.endsWith(':embedContent')) return json(200, { embedding: { values: [0.5, -1.25, 3] }, usageMetadata: { promptTokenCount: 2 } });
        return json(404, { error: { code: 404, message: `no ${q.url}`, status: 'NOT_FOUND' } });
    }
}
