// Passkeys: the browser is asked for one, and what it says goes to the server. Nothing is decided here.

const steps = {
  add: { challenge: '/me/passkeys/challenge', answer: '/me/passkeys' },
  enter: { challenge: '/sign-in/passkey/challenge', answer: '/sign-in/passkey' },
  prove: { challenge: '/sign-in/passkey/challenge', answer: '/me/proof' },
};

/** Sends something to the server; what it refuses is an error with its words. */
async function send(address, body) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body ?? {}) });
  if (answer.ok) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  throw new Error(page.querySelector('main p')?.textContent ?? 'It did not work; try again.');
}

async function carryOut(form) {
  const step = form.dataset.passkey;
  const { ceremony, options } = await send(steps[step].challenge);
  const { publicKey } = options;
  const made = step === 'add'
    ? navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
    })
    : navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
    });
  const credential = (await made).toJSON();
  const told = Object.fromEntries(new FormData(form));
  const { leads_to: leadsTo } = await send(steps[step].answer, { ...told, ceremony, credential });
  if (leadsTo) location.assign(leadsTo);
  else location.reload();
}

/** Says in the form what went wrong. */
function complain(form, error) {
  const words = error.name === 'NotAllowedError' ? 'No passkey was used.' : error.message;
  let line = form.querySelector('p.error');
  if (!line) {
    line = Object.assign(document.createElement('p'), { className: 'error', role: 'alert' });
    form.prepend(line);
  }
  line.textContent = words;
}

const works = 'PublicKeyCredential' in globalThis
  && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

for (const button of document.querySelectorAll('form[data-passkey] button')) {
  button.disabled = !works;
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-passkey]');
  if (!form) return;
  event.preventDefault();
  carryOut(form).catch((error) => complain(form, error));
}, { capture: true });
