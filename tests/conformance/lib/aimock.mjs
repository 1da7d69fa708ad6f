// SPDX-License-Identifier: BSL-1.0
// The upstream from outside this project: @copilotkit/aimock, in process, on 127.0.0.1, with fixtures/.
import { LLMock } from '@copilotkit/aimock';
import { fileURLToPath } from 'node:url';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

/// Strict: a request that matches no fixture is 503, and an Anthropic turn that lost its thinking
/// block or its signature is 400, as the vendor does it.
/// \p options: further ones of LLMock.
export async function start_aimock(options = {}) {
    const mock = new LLMock({ host: '127.0.0.1', port: 0, strict: true, logLevel: 'silent', ...options });
    // A provider without native schemas is made to call the one tool it is offered: answer through it.
    mock.on({ userMessage: '[schema]', predicate: q => q.tools?.length === 1 && q._endpointType === 'chat' && !q.response_format },
        q => ({ toolCalls: [{ name: q.tools[0].function.name, arguments: '{"name":"Ada","age":36}' }], usage: { prompt_tokens: 11, completion_tokens: 7 } }));
    mock.loadFixtureDir(fixtures);
    await mock.start();
    return { port: mock.port, requests: () => mock.getRequests(), stop: () => mock.stop() };
}
