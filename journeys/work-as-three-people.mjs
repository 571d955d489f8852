// The main job as three people, each in a browser of their own: one states work and answers for it, one
// does it, one reviews it; then it is signed, and whoever did it has their money.

import { journey } from './world/journey.mjs';
import { bringToPayment } from './world/steps.mjs';

const ways = {
  'with scripts on': {},
  'with scripts off': { scripts: false },
  'on phones': { width: 360, height: 740 },
  'by keys alone': { keys: true },
};

for (const [way, how] of Object.entries(ways)) {
  journey(`three people bring a piece of work to its payment ${way}`, async (traveller) => {
    await bringToPayment(traveller, how);
  }, { refusals: [422] });
}
