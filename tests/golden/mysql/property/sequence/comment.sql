-- expect: sequence s comment: nothing -> ticket numbers
-- reference
create sequence s;
-- candidate
create sequence s comment = 'ticket numbers';
