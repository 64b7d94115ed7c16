-- Who reaches one person: asked each time the person is assessed.

create index reach_of on reach (org, patient, audience);
